using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;

namespace CoreEngine.Perf;

/// <summary>What .NET itself offers for running many small pieces of work. None of it orders work by variables.</summary>
internal static class SchedulingPeers
{
    private static readonly Action<Task> s_continue = static _ => { };
    private static readonly Action<int> s_nothing = static _ => { };

    /// <summary>A chain of continuations.</summary>
    public static void ContinueWith(int operations)
    {
        Task task = Task.CompletedTask;
        for (int i = 0; i < operations; i++)
        {
            task = task.ContinueWith(
                s_continue,
                CancellationToken.None,
                TaskContinuationOptions.None,
                TaskScheduler.Default
            );
        }
        task.Wait();
    }

    /// <summary>Messages to an action block.</summary>
    public static void Dataflow(int operations, int workers)
    {
        ActionBlock<int> block = new(
            s_nothing,
            new ExecutionDataflowBlockOptions { MaxDegreeOfParallelism = workers, SingleProducerConstrained = true }
        );
        for (int i = 0; i < operations; i++)
        {
            block.Post(i);
        }
        block.Complete();
        block.Completion.Wait();
    }

    /// <summary>Messages through a channel to readers.</summary>
    public static void Channel(int operations, int workers)
    {
        Channel<int> channel = System.Threading.Channels.Channel.CreateUnbounded<int>(
            new UnboundedChannelOptions { SingleWriter = true, SingleReader = workers == 1 }
        );
        Task[] readers = new Task[workers];
        for (int i = 0; i < workers; i++)
        {
            readers[i] = Task.Run(() => Read(channel.Reader));
        }
        for (int i = 0; i < operations; i++)
        {
            channel.Writer.TryWrite(i);
        }
        channel.Writer.Complete();
        Task.WaitAll(readers);
    }

    /// <summary>One parallel loop for each operation: fork and join of two empty iterations.</summary>
    public static void ParallelFor(int operations)
    {
        for (int i = 0; i < operations; i++)
        {
            Parallel.For(0, 2, s_nothing);
        }
    }

    private static async Task Read(ChannelReader<int> reader)
    {
        while (await reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (reader.TryRead(out int item))
            {
                s_nothing(item);
            }
        }
    }
}
