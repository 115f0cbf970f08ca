"""What a learner takes away: completion, certificates, and what they prove."""
