"""Everything with I/O: files, processes, datasets, reports, Prefect flows, the command line."""
