/** A module of Go that was built into a program. */
export interface GoModule {
	readonly path: string;
	/** With its `v`. */
	readonly version: string;
}

/** What a program that Go built says about itself. */
export interface GoBuildInfo {
	/** As `go1.26.0`. */
	readonly go: string;
	readonly main: GoModule;
	readonly modules: readonly GoModule[];
}

/** How the place begins, at a multiple of sixteen bytes, at which Go writes it (its package `debug/buildinfo`). */
const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1');
/** The text about modules stands between two marks of this length. */
const MARK = 16;

/** Reads it from the program's bytes. Throws when there is nothing such: Go writes it since 1.18. */
export function readGoBuildInfo(program: Buffer): GoBuildInfo {
	let at = program.indexOf(MAGIC);
	// Programs that read such places hold the magic as a word of their own, elsewhere.
	while (at >= 0 && (at % 16 !== 0 || (program[at + 15]! & 2) === 0)) at = program.indexOf(MAGIC, at + 1);
	if (at < 0) throw new Error('The program does not say which modules of Go it was built from.');
	const go = readString(program, at + 32);
	const text = readString(program, go.end);
	const modules: GoModule[] = [];
	let main: GoModule | null = null;
	for (const line of text.bytes.subarray(MARK, -MARK).toString().split('\n')) {
		const [kind, path, version] = line.split('\t');
		if (kind === 'mod') main = { path: path!, version: version! };
		else if (kind === 'dep') modules.push({ path: path!, version: version! });
		// The one before it was replaced by this one.
		else if (kind === '=>') modules[modules.length - 1] = { path: path!, version: version! };
	}
	if (!main) throw new Error('The program does not say which module of Go it is.');
	return { go: go.bytes.toString(), main, modules };
}

/** A string with its length before it, seven bits a byte, the lowest first. */
function readString(bytes: Buffer, from: number): { bytes: Buffer; end: number } {
	let length = 0;
	let at = from;
	for (let shift = 0; ; shift += 7) {
		const byte = bytes[at++]!;
		length += (byte & 0x7f) << shift;
		if (byte < 0x80) break;
	}
	return { bytes: bytes.subarray(at, at + length), end: at + length };
}
