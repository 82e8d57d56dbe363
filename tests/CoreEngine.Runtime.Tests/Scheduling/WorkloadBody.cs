using CoreEngine.Runtime;

namespace CoreEngine.Tests.Scheduling;

/// <summary>Mixes the values that it reads, with its own number, into the values that it writes.</summary>
internal sealed class WorkloadBody(int number, ulong[] values, int[] reads, int[] writes, int work, bool fails)
    : OperationBody
{
    public bool MayRunAtOnce { get; init; }

    public override string Name => $"op{number}";

    public override bool IsQuick => MayRunAtOnce;

    public override void Execute(ref OperationContext context)
    {
        if (context.IsAsync)
        {
            CompleteElsewhere(context.Completion);
            return;
        }
        Work(context);
    }

    private void CompleteElsewhere(OperationCompletion completion) =>
        ThreadPool.QueueUserWorkItem(_ =>
        {
            try
            {
                Mix();
                completion.Complete();
            }
            catch (InvalidOperationException e)
            {
                completion.Fail(e);
            }
        });

    private void Work(in OperationContext context)
    {
        Mix();
        if (context.Device == Device.Gpu(0))
        {
            // Rented memory must be this worker's own while the operation runs.
            FillScratch(context);
        }
    }

    private void Mix()
    {
        Thread.SpinWait(work);
        if (fails)
        {
            throw new InvalidOperationException($"op{number} is meant to fail");
        }
        ulong mixed = (ulong)number * 0x9E3779B97F4A7C15;
        foreach (int read in reads)
        {
            mixed = (mixed ^ values[read]) * 0xBF58476D1CE4E5B9;
            mixed ^= mixed >> 29;
        }
        foreach (int write in writes)
        {
            values[write] = mixed += 0x94D049BB133111EB;
        }
    }

    private unsafe void FillScratch(in OperationContext context)
    {
        int length = 1 + (number % 3000);
        ulong* memory = (ulong*)context.Scratch.Rent(length * sizeof(ulong));
        for (int i = 0; i < length; i++)
        {
            memory[i] = (ulong)number;
        }
        Thread.SpinWait(20);
        for (int i = 0; i < length; i++)
        {
            Assert.AreEqual((ulong)number, memory[i]);
        }
    }
}
