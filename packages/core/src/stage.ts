/** Where a branch is in its life (DESIGN section 2). */
export const STAGES = ['listed', 'unopened', 'gathering', 'open', 'quiet', 'closing', 'retired'] as const;
export type Stage = (typeof STAGES)[number];

const NEXT: Record<Stage, readonly Stage[]> = {
	listed: ['unopened', 'retired'],
	unopened: ['gathering', 'open', 'retired'],
	gathering: ['open', 'unopened', 'closing'],
	open: ['quiet', 'closing'],
	quiet: ['open', 'closing'],
	closing: ['retired', 'open'],
	retired: [],
};

/** May a branch go from one stage to the other? Staying is always allowed; nothing comes back from `retired`. */
export function mayBecome(from: Stage, to: Stage): boolean {
	return from === to || NEXT[from].includes(to);
}

/** Is a server running for a branch in this stage? `listed` is a row in a directory and nothing more. */
export function isServed(stage: Stage): boolean {
	return stage !== 'listed';
}

/** May patrons have accounts and write here? */
export function isLive(stage: Stage): boolean {
	return stage === 'gathering' || stage === 'open' || stage === 'quiet' || stage === 'closing';
}

/** May somebody new join? */
export function takesNewcomers(stage: Stage): boolean {
	return stage === 'gathering' || stage === 'open';
}

/**
 * Does the branch speak with other servers at all: answer what they read, take in what they send, tell them what to delete? In `quiet`
 * it does; only nothing new leaves (`mayFederate`). When it is `retired` it tells what its people delete and where they moved; what is asked or
 * sent besides is answered before it comes this far (`web/retired.ts`).
 */
export function mayAnswer(stage: Stage): boolean {
	return isLive(stage) || stage === 'retired';
}

/** May anything new leave the branch? In `quiet` nobody is there to answer for it. */
export function mayFederate(stage: Stage): boolean {
	return stage === 'gathering' || stage === 'open' || stage === 'closing';
}
