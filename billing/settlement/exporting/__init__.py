"""A shop's money as files: sheets and paper, streamed, long ones as a job."""
