"""HTML for people: each module is a place, each handler finds, acts and answers."""
