const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Is this text an id of ours? PostgreSQL refuses to compare a uuid with anything else. */
export function isUuid(text: unknown): text is string {
	return typeof text === 'string' && UUID.test(text);
}
