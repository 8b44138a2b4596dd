"""One file a version of the gradebook. What has been released is never changed."""
