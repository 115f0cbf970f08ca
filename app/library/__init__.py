"""What the provider offers: who it is, what it may promise, and the editions on its shelf."""
