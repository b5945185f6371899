/** The Host of a request, taken apart. `host` is what addresses are compared with: lower case, port where one was given. */
export interface RequestHost {
	readonly host: string;
	readonly hostname: string;
	readonly port: number | null;
}

const FORM = /^([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/;

/** Reads a Host header (RFC 9110 7.2); null when it is missing or is not in its form. */
export function parseHost(header: string | undefined): RequestHost | null {
	const match = FORM.exec((header ?? '').toLowerCase());
	if (!match) return null;
	const port = match[2] === undefined ? null : Number(match[2]);
	if (port !== null && (port < 1 || port > 65_535)) return null;
	return { host: match[0], hostname: match[1]!, port };
}
