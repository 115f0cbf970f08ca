"""For machines: health today; reports and integrations as they come."""
