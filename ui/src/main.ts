/** Everything that the first view needs is asked for at once: the rule sets, the verdicts, the stations, the layers. */
import { createApp } from "vue";
import "@/styles/tokens.css";
import "@/styles/base.css";
import "@/styles/print.css";
import { FIRST_RULE, loadMeta, state } from "@/state";
import { loadLayers } from "@/data/layers";
import { loadMatrix } from "@/data/matrix";
import { loadOutline } from "@/data/outline";
import { loadStations } from "@/data/stations";
import "@/map/drawing";
import App from "./App.vue";
import { i18n } from "@/i18n";

void loadMeta();
void loadMatrix(state.rule || FIRST_RULE);
void loadStations();
void loadOutline();
void loadLayers();

createApp(App).use(i18n).mount("#app");
