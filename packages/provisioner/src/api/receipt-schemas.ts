import { RECEIPT_REMAINS } from '@understory/core/receipt.ts';
import { object, text, textOrNull, time, timeOrNull } from './schema-parts.ts';

const count = { type: 'integer' } as const;

/** What the API says of receipts: the JCS form of the whole of it without `sig` is what was signed. */
export const receiptSchemas = {
	Receipt: object({
		type: { const: 'understory/deletion-receipt/v1' },
		platform: object({
			id: text,
			publicKey: { ...text, description: 'base64 of the 32 bytes of an Ed25519 key' },
		}),
		library: object({ id: text, slug: text, name: text }),
		branch: object({ id: text, slug: text, name: text, origin: text, epoch: count }),
		retired: object({ at: time, by: textOrNull }),
		held_until: { ...time, description: 'until when its folder had to be kept' },
		deletion: object({ asked: timeOrNull, by: textOrNull }),
		home: { ...textOrNull, description: 'the home it lived in; null where nothing ever ran for it' },
		destroyed: {
			...time,
			description: 'when that home said that the folder and the copies there are destroyed',
		},
		last_copy: {
			anyOf: [
				object({
					backup: text,
					made: { ...time, description: 'the moment whose state it held' },
					files: count,
					bytes: count,
					manifest_sha256: { ...textOrNull, description: 'hex, of its manifest.json' },
				}),
				{ type: 'null' },
			],
			description: 'the newest whole copy there was',
		},
		copies_destroyed: count,
		copies_in_other_homes: { type: 'array', items: object({ backup: text, home: text }) },
		not_ours_to_destroy: { type: 'array', items: { enum: RECEIPT_REMAINS } },
		key_id: text,
		sig: { ...text, description: 'base64url of an Ed25519 signature' },
	}),
} as const;
