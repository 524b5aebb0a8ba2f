-- AlterTable
ALTER TABLE "backup_run_objects" ADD COLUMN     "sha256" TEXT;
