"""The HTTP face of the service: parse, ask who, call one service, present."""
