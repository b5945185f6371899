import type { Fault } from '@understory/core/errors.ts';

/** What a checker of JSON Schema says of one place, as Ajv does. */
interface SchemaError {
	readonly instancePath: string;
	readonly message?: string;
	readonly params: object;
}

/**
 * Each fault with its field in dots (`connector.port`) and a sentence. `unknown` is the sentence for what has no place there. No value is quoted: it
 * may be a secret.
 */
export function schemaFaults(
	errors: readonly SchemaError[] | null | undefined,
	unknown = 'There is no such field.',
): Fault[] {
	return (errors ?? []).map(({ instancePath, message, params }) => {
		const extra = params as { missingProperty?: string; additionalProperty?: string };
		const part = extra.missingProperty ?? extra.additionalProperty;
		const field = [instancePath.slice(1).replaceAll('/', '.'), part].filter(Boolean).join('.');
		return { field, text: extra.additionalProperty ? unknown : `This ${message ?? 'does not fit'}.` };
	});
}
