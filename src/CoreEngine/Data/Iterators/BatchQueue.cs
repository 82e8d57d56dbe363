using System.Runtime.ExceptionServices;
using CoreEngine.Kernels;

namespace CoreEngine.Data;

/// <summary>
/// Has a thread of its own make batches ahead of those who ask for them. In a forked process there is no such thread, and
/// batches are made when they are asked for.
/// </summary>
internal sealed class BatchQueue : IForkParticipant
{
    private readonly Lock _making = new();
    private readonly object _gate = new();
    private readonly IBatchSource _source;
    private readonly int _capacity;
    private readonly Queue<DataBatch> _ready = new();
    private ExceptionDispatchInfo? _error;
    private bool _isOver;
    private volatile bool _isStopped;
    private bool _mustRestart;
    private bool _restartsAfterWrap;
    private Thread? _thread;
    private volatile int _systemThread;
    private volatile bool _isClosed;
    private bool _isForking;
    private bool _isForked;

    internal BatchQueue(IBatchSource source, int capacity)
    {
        _source = source;
        _capacity = capacity;
        if (capacity > 0)
        {
            _isForked = ProcessFork.IsChild;
            if (!_isForked)
            {
                StartThread();
                ProcessFork.Register(this, ForkPhase.Producers);
            }
        }
    }

    /// <summary>The next batch; null when the epoch is over.</summary>
    internal DataBatch? Take()
    {
        if (_capacity == 0)
            return MakeHere();
        lock (_gate)
        {
            while (_ready.Count == 0 && !_isOver && _error is null && !_isStopped)
            {
                if (_isForked)
                    _ = MakeNext();
                else
                    Monitor.Wait(_gate);
            }

            ObjectDisposedException.ThrowIf(_isStopped, typeof(DataIterator));
            if (_ready.TryDequeue(out DataBatch? batch))
            {
                Monitor.PulseAll(_gate);
                return batch;
            }

            _error?.Throw();
            return null;
        }
    }

    /// <summary>Starts an epoch; batches made ahead are dropped.</summary>
    internal void Restart(bool afterWrap)
    {
        if (_capacity == 0)
        {
            lock (_making)
            {
                _source.Restart(afterWrap);
            }

            return;
        }

        lock (_gate)
        {
            DropReady();
            _mustRestart = true;
            _restartsAfterWrap = afterWrap;
            _error = null;
            _isOver = false;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Ends the thread and closes the source.</summary>
    internal void Stop()
    {
        lock (_gate)
        {
            if (_isStopped)
                return;
            _isStopped = true;
            DropReady();
            Monitor.PulseAll(_gate);
        }

        if (_capacity == 0 || _isForked)
            _source.Dispose();
    }

    /// <summary>Lets the batch that is being made end, and with it the thread.</summary>
    void IForkParticipant.BeforeFork()
    {
        lock (_gate)
        {
            _isForking = true;
            Monitor.PulseAll(_gate);
        }

        _thread!.Join();
        ProcessFork.AwaitEnd(_systemThread);
        Monitor.Enter(_gate);
    }

    void IForkParticipant.AfterForkInParent()
    {
        _isForking = false;
        if (!_isClosed)
            StartThread();
        Monitor.Exit(_gate);
    }

    void IForkParticipant.AfterForkInChild()
    {
        _isForking = false;
        _isForked = true;
        Monitor.Exit(_gate);
    }

    private void StartThread()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "CoreEngine data" };
        _thread.Start();
    }

    private DataBatch? MakeHere()
    {
        lock (_making)
        {
            ObjectDisposedException.ThrowIf(_isStopped, typeof(DataIterator));
            return _source.Next();
        }
    }

    private void Run()
    {
        _systemThread = ProcessFork.CurrentThread;
        while (MakeNext()) { }

        if (_isStopped)
        {
            _isClosed = true;
            _source.Dispose();
        }
    }

    /// <summary>Waits until a batch may be made, and makes it; false when no more are to be made here.</summary>
    private bool MakeNext()
    {
        if (!WaitForWork(out bool restarts, out bool afterWrap))
            return false;
        DataBatch? batch = null;
        ExceptionDispatchInfo? error = null;
        try
        {
            if (restarts)
                _source.Restart(afterWrap);
            batch = _source.Next();
        }
        catch (Exception failure)
        {
            // Whoever takes the next batch gets it.
            error = ExceptionDispatchInfo.Capture(failure);
        }

        Keep(batch, error);
        return true;
    }

    private bool WaitForWork(out bool restarts, out bool afterWrap)
    {
        lock (_gate)
        {
            while (
                !_isStopped
                && !_isForking
                && !_mustRestart
                && (_isOver || _error is not null || _ready.Count >= _capacity)
            )
            {
                Monitor.Wait(_gate);
            }

            (restarts, afterWrap) = (_mustRestart, _restartsAfterWrap);
            if (_isStopped || _isForking)
                return false;
            _mustRestart = false;
            return true;
        }
    }

    private void Keep(DataBatch? batch, ExceptionDispatchInfo? error)
    {
        lock (_gate)
        {
            if (_isStopped || _mustRestart)
            {
                batch?.Dispose();
                return;
            }

            _error = error;
            _isOver = batch is null && error is null;
            if (batch is not null)
                _ready.Enqueue(batch);
            Monitor.PulseAll(_gate);
        }
    }

    private void DropReady()
    {
        while (_ready.TryDequeue(out DataBatch? batch))
        {
            batch.Dispose();
        }
    }
}
