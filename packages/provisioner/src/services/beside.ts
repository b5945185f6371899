/** Something that is done beside everything else, because it may take its time; by one process once at a time. */
export interface Beside {
	/** Begins with it, unless it is under way or everything is over. */
	begin(): void;
	isUnderway(): boolean;
	/** Resolves when it is not under way. */
	ended(): Promise<void>;
}

/** `broke` is told when it could not be done; it is done again when somebody begins with it the next time. */
export function beside(
	work: () => Promise<unknown>,
	{ isOver, broke }: { isOver(): boolean; broke(error: unknown): void },
): Beside {
	let going: Promise<void> | null = null;
	return {
		begin() {
			if (isOver()) return;
			going ??= work()
				.catch(broke)
				.then(() => {
					going = null;
				});
		},
		isUnderway: () => going !== null,
		async ended() {
			await going;
		},
	};
}
