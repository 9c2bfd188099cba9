export { updateProfile as POST } from "@/features/account/forms";
