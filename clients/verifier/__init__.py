"""The verifier: one file that imports nothing of the project, so that a bundle is judged by other code than made it."""
