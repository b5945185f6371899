/** The environment as a plain value. This is the only place that reads it (DESIGN section 6). */
export function readEnvironment(): Readonly<Record<string, string | undefined>> {
	return { ...process.env };
}
