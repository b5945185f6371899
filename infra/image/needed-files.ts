/**
 * What of a package from npm is of no use to a process that runs: types, maps, documentation, tests, sources in C, and programs for other
 * machines. Licences stay.
 */
const UNNEEDED: readonly RegExp[] = [
	// Node runs no TypeScript inside of `node_modules`.
	/\.[cm]?ts$/,
	/\.(?:map|tsbuildinfo|snap|flow)$/,
	/^(?!.*\blicen[cs]e)(?!.*\bnotice).*\.(?:md|markdown)$/i,
	/(?:^|\/)(?:__tests__|__snapshots__|dist-tests)\//,
	// At the top of a package only: deeper down a folder of this name may be part of the program.
	/^(?:tests?|docs?|examples?|benchmarks?|coverage|\.github)\//,
	/\.(?:c|cc|cpp|h|hpp|gyp|gypi)$/,
	// better-sqlite3 brings the source of SQLite, and a program for each kind of machine.
	/^deps\/(?=.*(?:sqlite3|defines|copy\.js|download\.sh|test_extension))/,
	/^prebuilds\/(?!linux-x64[./])/,
	/\.musl\.node$/,
];

/** Does this file of a package from npm come into the image? `path` is below the package. */
export function isNeeded(path: string): boolean {
	return !UNNEEDED.some((pattern) => pattern.test(path));
}

/** Does this file of a package of ours? Its tests and what is written for people do not. */
export function isNeededOfOurs(path: string): boolean {
	return !/^(?:test\/|README\.md$)|(?:^|\/)\./.test(path);
}
