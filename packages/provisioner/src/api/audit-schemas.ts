import { list, object, ref, text, textOrNull, time } from './schema-parts.ts';

/** What is told of who did what. */
export const auditSchemas = {
	AuditLine: object({
		at: time,
		by: text,
		what: { ...text, description: 'a word of the audit, the id of a route, or the kind of an operation' },
		state: { ...textOrNull, description: 'of an operation, how it stands' },
		problem: textOrNull,
		operation: { ...textOrNull, description: 'the id of an operation' },
		subject: textOrNull,
		branch: { ...textOrNull, description: 'its slug' },
		library: { ...textOrNull, description: 'its slug' },
	}),
	Audit: list(ref('AuditLine')),
};
