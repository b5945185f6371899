/**
 * The edges that close a circle among the files of a package, found in a walk from each file in turn: taking one such edge away opens that
 * circle. Only these are named, since every file of a circle is in it but the one edge is what was added last or least belongs.
 */
export function closingEdges(graph: ReadonlyMap<string, readonly string[]>): [from: string, to: string][] {
	const found: [string, string][] = [];
	const state = new Map<string, 'open' | 'done'>();
	const visit = (file: string): void => {
		state.set(file, 'open');
		for (const next of graph.get(file) ?? []) {
			if (state.get(next) === 'open') found.push([file, next]);
			else if (!state.has(next) && graph.has(next)) visit(next);
		}
		state.set(file, 'done');
	};
	for (const file of [...graph.keys()].sort()) if (!state.has(file)) visit(file);
	return found;
}
