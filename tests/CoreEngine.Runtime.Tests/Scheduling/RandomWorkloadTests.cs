using CoreEngine.Runtime;

namespace CoreEngine.Tests.Scheduling;

/// <summary>Whatever the workers, the result is the one of running operations in the order of their pushes.</summary>
[TestClass]
public sealed class RandomWorkloadTests : EngineTestBase
{
    private const int Operations = 10_000;
    private const int Variables = 100;

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(2, 2)]
    [DataRow(3, 4)]
    [DataRow(4, 8)]
    [DataRow(5, 2)]
    public void Plain_operations_equal_the_inline_engine(int seed, int workers) =>
        Compare(seed, workers, new WorkloadOptions());

    [TestMethod]
    [DataRow(11, 1)]
    [DataRow(12, 2)]
    [DataRow(13, 4)]
    public void Duplicates_and_overlap_equal_the_inline_engine(int seed, int workers) =>
        Compare(seed, workers, new WorkloadOptions { Overlap = true });

    [TestMethod]
    [DataRow(21, 1)]
    [DataRow(22, 2)]
    [DataRow(23, 4)]
    public void Faults_equal_the_inline_engine(int seed, int workers) =>
        Compare(seed, workers, new WorkloadOptions { Overlap = true, Faults = true });

    [TestMethod]
    [DataRow(31, 1)]
    [DataRow(32, 2)]
    [DataRow(33, 4)]
    public void All_lanes_and_priorities_equal_the_inline_engine(int seed, int workers) =>
        Compare(seed, workers, new WorkloadOptions { Lanes = true, Overlap = true });

    [TestMethod]
    [DataRow(41, 1)]
    [DataRow(42, 2)]
    [DataRow(43, 4)]
    public void Bulks_equal_the_inline_engine(int seed, int workers) =>
        Compare(
            seed,
            workers,
            new WorkloadOptions
            {
                Bulk = true,
                Overlap = true,
                Faults = true,
            }
        );

    [TestMethod]
    [DataRow(51, 1, 100)]
    [DataRow(52, 2, 100)]
    [DataRow(53, 1, 2000)]
    [DataRow(54, 4, 2000)]
    public void Quick_operations_equal_the_inline_engine(int seed, int workers, int variables) =>
        Compare(
            seed,
            workers,
            new WorkloadOptions
            {
                Quick = true,
                Overlap = true,
                Faults = true,
            },
            variables: variables
        );

    [TestMethod]
    public void Everything_at_once_equals_the_inline_engine_for_many_seeds()
    {
        WorkloadOptions all = new()
        {
            Bulk = true,
            Overlap = true,
            Faults = true,
            Lanes = true,
            Quick = true,
        };
        for (int seed = 100; seed < 130; seed++)
        {
            Compare(seed, 1 + (seed % 5), all, operations: 2000, variables: 5 + (seed % 50));
        }
    }

    [TestMethod]
    public void Workers_that_never_spin_give_the_same_result()
    {
        ThreadedEngine engine = Threaded(3, o => o with { SpinMicroseconds = 0, BacklogLimit = 50 });
        WorkloadOptions options = new() { Lanes = true, Faults = true };
        CollectionAssert.AreEqual(
            new RandomWorkload(Naive(), 7, Variables, options).Run(Operations),
            new RandomWorkload(engine, 7, Variables, options).Run(Operations)
        );
    }

    private void Compare(
        int seed,
        int workers,
        WorkloadOptions options,
        int operations = Operations,
        int variables = Variables
    )
    {
        string[] expected = new RandomWorkload(Naive(), seed, variables, options).Run(operations);
        string[] actual = new RandomWorkload(Threaded(workers), seed, variables, options).Run(operations);
        CollectionAssert.AreEqual(expected, actual, $"seed {seed}");
    }
}
