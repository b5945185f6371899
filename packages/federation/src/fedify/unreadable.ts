/**
 * Is this how a document of strangers fails to be read? JSON-LD does so in many ways, and its vocabulary may then hold values of types it does not
 * promise; all of them mean the same. Faults of ours that come from elsewhere (a store, a connection) are of other kinds.
 */
export function isUnreadable(error: unknown): error is Error {
	if (!(error instanceof Error)) return false;
	if (error.name.startsWith('jsonld.')) return true;
	return error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;
}
