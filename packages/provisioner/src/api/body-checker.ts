import { BadInput, Malformed } from '@understory/core/errors.ts';
import { schemaFaults } from '@understory/http/schema-faults.ts';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { schemas } from './schemas.ts';

/** Throws `Malformed` for no body at all, and `BadInput` with a sentence for each field that does not fit. */
export type CheckBody = (body: unknown) => void;

/** Checks bodies against the schemas that the OpenAPI document shows, by their names there. */
export function createBodyChecker(): (schema: string) => CheckBody {
	const ajv = new Ajv2020({ allErrors: true, strict: false, discriminator: true });
	ajv.addSchema({ $id: 'api', components: { schemas } });
	const compiled = new Map<string, ValidateFunction>();
	/** With the first body: all of them together are half a second of a start, and most are never asked for. */
	const validatorOf = (schema: string): ValidateFunction => {
		const validate = compiled.get(schema) ?? ajv.compile({ $ref: `api#/components/schemas/${schema}` });
		compiled.set(schema, validate);
		return validate;
	};
	return (schema) => {
		if (!Object.hasOwn(schemas, schema)) throw new Error(`There is no schema ${schema}.`);
		return (body) => {
			if (body === undefined) throw new Malformed('Send a JSON body with Content-Type: application/json.');
			const validate = validatorOf(schema);
			if (validate(body)) return;
			const sentence = 'The body does not have the form that /api/v1/openapi.json describes.';
			throw new BadInput(sentence, schemaFaults(validate.errors));
		};
	};
}
