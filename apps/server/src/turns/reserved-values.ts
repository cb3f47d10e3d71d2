import type { Reservation } from "../budgets/reservation.ts";

/** A reservation as the turn's row keeps it. */
export function reservedValues(reservation: Reservation | undefined) {
  return {
    reservedTokens: reservation?.tokens ?? 0,
    reservedCost: reservation?.cost ?? 0,
    spender: reservation?.spender ?? null,
    budgetDay: reservation?.day ?? null,
  };
}
