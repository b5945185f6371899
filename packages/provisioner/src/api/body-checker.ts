import { BadInput, Malformed } from '@understory/core/errors.ts';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
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
			const faults = (validate.errors ?? []).map(faultOf);
			throw new BadInput('The body does not have the form that /api/v1/openapi.json describes.', faults);
		};
	};
}

function faultOf(error: ErrorObject): { field: string; text: string } {
	const extra = error.params as { missingProperty?: string; additionalProperty?: string };
	const part = extra.missingProperty ?? extra.additionalProperty;
	const field = [error.instancePath.slice(1).replaceAll('/', '.'), part].filter(Boolean).join('.');
	return {
		field,
		text: extra.additionalProperty ? 'There is no such field.' : `This ${error.message ?? 'does not fit'}.`,
	};
}
