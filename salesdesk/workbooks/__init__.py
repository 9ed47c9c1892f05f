"""Excel in and out: quota sheets, customer lists, report workbooks."""
