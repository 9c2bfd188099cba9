export { changePassword as POST } from "@/features/account/forms";
