"""Files of records as rows, judged by their content and read as a stream."""
