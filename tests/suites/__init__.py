"""Other projects' test suites, fetched when needed and run unchanged on ipykernel and Penstock."""
