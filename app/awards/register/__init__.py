"""The register: what was issued, replaced, revoked and erased, in an order that cannot be changed unseen."""
