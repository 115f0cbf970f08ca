"""Questions in and out: what other systems write becomes our Markdown, and ours becomes what they read."""
