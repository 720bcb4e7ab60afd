"""What is measured: one small function a measure, each with a version. Results of different versions don't mix."""
