import { BadInput, Malformed } from '@understory/core/errors.ts';
import { schemaFaults } from '@understory/http/schema-faults.ts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { schemas } from './schemas.ts';

/** Throws `Malformed` for no body at all, and `BadInput` with a sentence for each field that does not fit. */
export type CheckBody = (body: unknown) => void;

/** Checks bodies against the schemas that the OpenAPI document shows, by their names there. */
export function createBodyChecker(): (schema: string) => CheckBody {
	const ajv = new Ajv2020({ allErrors: true, strict: false, discriminator: true });
	ajv.addSchema({ $id: 'api', components: { schemas } });
	return (schema) => {
		const validate = ajv.compile({ $ref: `api#/components/schemas/${schema}` });
		return (body) => {
			if (body === undefined) throw new Malformed('Send a JSON body with Content-Type: application/json.');
			if (validate(body)) return;
			const sentence = 'The body does not have the form that /api/v1/openapi.json describes.';
			throw new BadInput(sentence, schemaFaults(validate.errors));
		};
	};
}
