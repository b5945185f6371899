/** Why nobody came in: each has a sentence in the words of the console. */
export type StaffFault = 'silent' | 'not_begun_here' | 'said_no' | 'answer' | 'nobody';

/** A sign-in that ended without anybody signed in. What was wrong in detail is its cause, for the log. */
export class StaffRefusal extends Error {
	readonly fault: StaffFault;
	constructor(fault: StaffFault, cause?: unknown) {
		super(`staff sign-in refused: ${fault}`, { cause });
		this.name = 'StaffRefusal';
		this.fault = fault;
	}
}
