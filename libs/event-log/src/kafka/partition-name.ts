export interface PartitionName {
  readonly topic: string;
  readonly partition: number;
}
