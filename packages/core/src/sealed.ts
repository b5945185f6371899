/**
 * How a decision stands in the public log that is counted and not shown: where few people are at the branch, or where its library lets it
 * publish sums only. The digest is of a salted copy of the entry (RFC 9901 4.2.3); some are of nothing, so that their number says little.
 */
export interface SealedLeaf {
	readonly type: 'understory/sealed/v1';
	readonly _sd_alg: 'sha-256';
	readonly _sd: readonly [string];
}

export function sealedLeaf(digest: string): SealedLeaf {
	return { type: 'understory/sealed/v1', _sd_alg: 'sha-256', _sd: [digest] };
}
