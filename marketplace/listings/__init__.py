"""Research results and patents offered for transfer or license."""
