"""The `continua` command: a module for each family of words, put together in `commands`."""
