// A worker whose runner was killed would otherwise finish its test file alone.
process.on('disconnect', () => process.exit(1));
