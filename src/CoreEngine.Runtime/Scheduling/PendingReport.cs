using System.Globalization;
using System.Text;

namespace CoreEngine.Runtime;

/// <summary>
/// The text of <see cref="Engine.DumpPending"/>. Made under the dependency lock. There is no list of all pending
/// operations, but everything that waits is queued behind something that runs, is ready, or waits itself.
/// </summary>
internal sealed class PendingReport
{
    private const int MostLines = 100;
    private const int MostChildren = 8;

    private readonly List<(Operation Operation, string Where)> _running = [];
    private readonly List<Operation> _found = [];
    private readonly HashSet<Operation> _seen = [];
    private readonly Dictionary<Var, List<Operation>> _holders = [];

    public PendingReport(Lane[] lanes)
    {
        foreach (Lane lane in lanes)
        {
            foreach (Worker worker in lane.Workers)
            {
                AddRunning(worker.Site);
                if (worker.Next is { } next)
                {
                    Find(next);
                }
            }
            List<Operation> ready = [];
            lane.Ready.CopyTo(ready);
            ready.ForEach(Find);
        }
    }

    /// <summary>Adds what is running at a place, if anything.</summary>
    public void AddRunning(ExecutionSite site)
    {
        if (site.Running is { } operation)
        {
            _running.Add((operation, site.Name));
        }
    }

    /// <summary>Adds an asynchronous operation that was started.</summary>
    public void AddAsync(Operation operation)
    {
        if (!_running.Exists(r => r.Operation == operation))
        {
            _running.Add((operation, "waiting for its completion"));
        }
    }

    /// <summary>The report.</summary>
    public string Write(long pending, bool isSuspended)
    {
        foreach ((Operation operation, _) in _running)
        {
            _seen.Add(operation);
            FollowQueues(operation);
        }
        for (int i = 0; i < _found.Count; i++)
        {
            FollowQueues(_found[i]);
        }

        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"ThreadedEngine: {pending} operations pending");
        text.AppendLine(isSuspended ? ", workers suspended." : ".");
        int lines = 0;
        foreach ((Operation operation, string where) in _running)
        {
            if (++lines <= MostLines)
            {
                text.Append(CultureInfo.InvariantCulture, $"  running on {where}: ");
                AppendOperation(text, operation);
                text.AppendLine();
            }
        }
        foreach (Operation operation in _found)
        {
            if (++lines <= MostLines)
            {
                text.Append(operation.Waiting == 0 ? "  ready: " : "  waiting: ");
                AppendOperation(text, operation);
                text.AppendLine();
                AppendBlockers(text, operation);
            }
        }
        if (lines > MostLines)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  and {lines - MostLines} more.");
        }
        return text.ToString().TrimEnd();
    }

    private void Find(Operation operation)
    {
        if (_seen.Add(operation))
        {
            _found.Add(operation);
        }
    }

    private void FollowQueues(Operation operation)
    {
        foreach (ref Access access in operation.Used)
        {
            if (access.Kind is AccessKind.DuplicateRead or AccessKind.DuplicateWrite)
            {
                continue;
            }
            Var var = access.Var;
            if (access.Granted)
            {
                if (!_holders.TryGetValue(var, out List<Operation>? holders))
                {
                    _holders.Add(var, holders = []);
                }
                holders.Add(operation);
            }
            Operation? queued = var.Head;
            int slot = var.HeadSlot;
            while (queued is not null)
            {
                Find(queued);
                ref Access link = ref queued.Accesses[slot];
                queued = link.Next;
                slot = link.NextSlot;
            }
        }
    }

    private static void AppendOperation(StringBuilder text, Operation operation)
    {
        text.Append(CultureInfo.InvariantCulture, $"op#{operation.Sequence} {Describe(operation)}");
        string separator = " reads ";
        for (int i = operation.WriteCount; i < operation.AccessCount; i++)
        {
            text.Append(separator).Append(operation.Accesses[i].Var);
            separator = ", ";
        }
        separator = " writes ";
        for (int i = 0; i < operation.WriteCount; i++)
        {
            text.Append(separator).Append(operation.Accesses[i].Var);
            separator = ", ";
        }
    }

    private void AppendBlockers(StringBuilder text, Operation operation)
    {
        foreach (ref Access access in operation.Used)
        {
            if (access.Granted || access.Kind is AccessKind.DuplicateRead or AccessKind.DuplicateWrite)
            {
                continue;
            }
            text.Append(CultureInfo.InvariantCulture, $"    for {access.Var}, blocked by ");
            string separator = "";
            if (_holders.TryGetValue(access.Var, out List<Operation>? holders))
            {
                foreach (Operation holder in holders)
                {
                    text.Append(separator);
                    text.Append(CultureInfo.InvariantCulture, $"op#{holder.Sequence} '{NameOf(holder)}'");
                    text.Append(access.Var.Writing ? " (writing)" : " (reading)");
                    separator = ", ";
                }
            }
            Operation? queued = access.Var.Head;
            int slot = access.Var.HeadSlot;
            while (queued is not null && queued != operation)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"{separator}op#{queued.Sequence} '{NameOf(queued)}' (queued)"
                );
                separator = ", ";
                ref Access link = ref queued.Accesses[slot];
                queued = link.Next;
                slot = link.NextSlot;
            }
            text.AppendLine();
        }
    }

    private static string Describe(Operation operation)
    {
        string name = NameOf(operation);
        string description = name;
        try
        {
            if (operation.Kind == OperationKind.Single)
            {
                description = operation.Body?.Describe() ?? name;
            }
            else if (operation.Kind == OperationKind.Bulk)
            {
                description = DescribeChildren(operation);
            }
        }
        catch (Exception e)
        {
            description = $"its description failed: {e.Message}";
        }
        return description == name ? $"'{name}'" : $"'{name}' [{description}]";
    }

    private static string DescribeChildren(Operation bulk)
    {
        StringBuilder text = new();
        int count = 0;
        for (Operation? child = bulk.Children; child is not null && count < MostChildren; child = child.Next)
        {
            text.Append(count++ == 0 ? "" : ", ").Append(NameOf(child));
        }
        return bulk.ChildCount > count ? $"{text} and {bulk.ChildCount - count} more" : text.ToString();
    }

    // A running operation may end, and its body be reused, while this text is made: the name is then another's.
    private static string NameOf(Operation operation)
    {
        try
        {
            return operation.Name;
        }
        catch (Exception e)
        {
            return $"(its name failed: {e.Message})";
        }
    }
}
