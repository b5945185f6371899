import { expect } from 'chai';
import { type FailureCode, OutgoingFailure } from '../src/failure.ts';

/** Waits for a request to fail, and checks that it failed with this code and gives nothing away. */
export async function failsWith(code: FailureCode, attempt: Promise<unknown>): Promise<OutgoingFailure> {
	const outcome = await attempt.then(
		() => 'an answer',
		(error: unknown) => error,
	);
	expect(outcome).to.be.instanceOf(OutgoingFailure);
	const failure = outcome as OutgoingFailure;
	expect(failure.code).to.equal(code);
	expect(failure.status).to.equal(502);
	expect(failure.message).to.match(/^[A-Z][^/:]+\.$/);
	return failure;
}
