"""The tests mirror the source: a folder per context, real databases, no mocks of our own code."""
