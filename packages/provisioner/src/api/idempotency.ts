import { createHash } from 'node:crypto';
import { BadInput, Conflict } from '@understory/core/errors.ts';
import { seal, unseal } from '@understory/core/seal.ts';
import { canonicalize } from '@understory/transparency-log/jcs.ts';
import type { Context } from '../context.ts';
import { alone, type Database } from '../store/database.ts';
import { type Claim, claimKey, forgetKey, keepAnswer } from '../store/idempotency.ts';
import type { ApiResponse } from './exchange.ts';

/** A request that carries an Idempotency-Key. */
export interface KeyedRequest {
	readonly key: string;
	/** Id of the API token; each has keys of its own. */
	readonly token: string;
	readonly url: string;
	readonly body: unknown;
}

/** Keeps the answer of a request with what it writes. */
export type KeepAnswer = (database: Database, outcome: ApiResponse) => Promise<void>;

/**
 * Runs a request once for each Idempotency-Key (IETF draft-ietf-httpapi-idempotency-key-header): the same key and request get the first answer
 * again, another request with the same key is refused. `run` gets the id of what it is to make, the same at every try,
 * and keeps its answer in the transaction that it writes in: when the process dies, either nothing was done or its answer is known. Answers are kept sealed, because some show a secret once.
 * Throws `BadInput` for a key that is too long, `Conflict` for a key in use.
 */
export async function once(
	context: Context,
	request: KeyedRequest,
	run: (id: string, keep: KeepAnswer) => Promise<ApiResponse>,
): Promise<ApiResponse> {
	const { key, token } = request;
	if (key.length > 200) {
		throw new BadInput('The Idempotency-Key is too long.', [
			{ field: 'Idempotency-Key', text: 'At most 200.' },
		]);
	}
	const answer = await alone(context.locks, `idempotency:${token}:${key}`, async () => {
		const fresh = { key, token, request_digest: digestOf(request), subject: context.randomId() };
		const claim = await claimKey(context.database, fresh, context.clock.now());
		if (claim.request_digest !== fresh.request_digest) {
			throw new Conflict('This Idempotency-Key was used for another request.', 'idempotency');
		}
		return claim.answer === null ? first(context, claim, run) : opened(context, claim, claim.answer);
	});
	if (answer === null) {
		throw new Conflict('The first request with this Idempotency-Key is still running.', 'idempotency');
	}
	return answer;
}

async function first(
	context: Context,
	claim: Claim,
	run: (id: string, keep: KeepAnswer) => Promise<ApiResponse>,
): Promise<ApiResponse> {
	try {
		return await run(claim.subject, async (database, { body, location }) => {
			const answer = seal(context.answerKey, aboutOf(claim), JSON.stringify({ body, location }));
			await keepAnswer(database, claim, answer);
		});
	} catch (error) {
		// A refused request changed nothing, so the key is free for a corrected one. What broke off may be tried again as it is.
		const status = (error as { status?: unknown }).status;
		if (typeof status === 'number' && status < 500) await forgetKey(context.database, claim);
		throw error;
	}
}

function opened(context: Context, claim: Claim, answer: string): ApiResponse {
	return JSON.parse(unseal(context.answerKey, aboutOf(claim), answer)) as ApiResponse;
}

function aboutOf({ token, key }: Claim): string {
	return `idempotency:${token}:${key}`;
}

function digestOf({ url, body }: KeyedRequest): string {
	return createHash('sha256')
		.update(`${url}\n${canonicalize(body ?? null)}`)
		.digest('hex');
}
