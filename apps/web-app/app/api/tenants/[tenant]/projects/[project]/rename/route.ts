export { renameProject as POST } from "@/features/projects/forms";
