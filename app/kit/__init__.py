"""Tools that know nothing of education: clock, database, errors, mail, files, jobs."""
