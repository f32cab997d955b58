"""The domain of Yishi: community, roll, contests and their evidence. Knows nothing of HTTP."""
