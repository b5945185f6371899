/** A file to download: the same bytes until something is published. */
export interface Download {
	/** As it stands after the host. */
	readonly path: string;
	readonly type: string;
	readonly bytes: number;
	/** Hex. */
	readonly sha256: string;
}

/** The lines that `sha256sum --check` reads. */
export function checksums(files: readonly Download[]): string {
	return files.map(({ sha256, path }) => `${sha256}  ${path}\n`).join('');
}

/** JSON that a person can read, too. */
export function jsonText(value: object): string {
	return `${JSON.stringify(value, null, '\t')}\n`;
}
