/** The property whose series a person asked for by name; an open station shows it, if it measures it. */
import { ref } from "vue";

export const wantedSeries = ref("");
