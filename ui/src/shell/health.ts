/** Whether what is shown was measured or generated: generated data are labelled wherever they appear. */
import { ref } from "vue";
import { api } from "@/api/client";

export const generated = ref(false);

export async function loadHealth(): Promise<void> {
  try {
    generated.value = (await api.health()).generated;
  } catch {
    // Whatever keeps the server silent is told where its data are missed.
  }
}
